"""What raw data becomes before a network sees it: layers that are adapted to data instead of trained."""
