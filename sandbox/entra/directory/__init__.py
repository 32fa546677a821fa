"""The directory's state: objects, how they are found, and how they hang together. No rules."""
