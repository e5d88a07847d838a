"""A stand-in for Fink's two REST APIs, on loopback: what the real ones answer, their oddities and refusals included.

It is written from how fink-object-api 3.5 (with the LSST conesearch of 3.7) behaves, not from the program it serves.
"""
