"""The HTTP face: one table of routes over Starlette, and prepared bytes in front of it."""
