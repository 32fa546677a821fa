"""Everything that stands in for a cloud; the program imports none of it."""
