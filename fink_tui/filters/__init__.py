"""The one small language that lists, commands, rules and views are filtered by."""
