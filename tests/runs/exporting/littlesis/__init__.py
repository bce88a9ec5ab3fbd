"""A little SIS that writes: a connector of a kind that nobody sells, with a file for its database."""
