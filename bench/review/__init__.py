"""How long the reviewer takes for a preview in which the values of all users change."""
