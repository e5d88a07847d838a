"""What an alert is. Pure: no files, no network, no screen."""
