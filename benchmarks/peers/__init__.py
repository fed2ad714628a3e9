"""The same documents and questions through other systems, each in a process of its own."""
