"""The part `users`: extension values of a whole company, by three methods."""
