"""A stand-in for a TOM: the REST API of TOM Toolkit 3.1 or 2.32 with its quirks, on loopback, on a SQLite file.

It refuses what the real one refuses and stumbles where that stumbles: a request that fails has done what the real one
had done by then, for every step is committed by itself. Held to the real ones by the tests.
"""
