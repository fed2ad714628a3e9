"""The chat page: questions about a story, answers cited to the exact words. Run it with ``python -m ui``."""
