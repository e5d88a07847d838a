"""Rules: named filters of the user's that act on what arrives."""
