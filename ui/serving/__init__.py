"""The one server: the page, OpenAI's protocol, the whole answer as JSON, MCP, health and metrics."""
