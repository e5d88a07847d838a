"""Lists of targets that other programs wrote: what their columns mean, and their rows."""
