"""Names: of classes, functions and objects, and what is said of a wrong one."""
