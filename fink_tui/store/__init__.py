"""The local database: alerts, targets, what the user decided, and how far the streams were read."""
