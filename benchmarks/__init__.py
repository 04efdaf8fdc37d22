"""Training speed of steepest beside other libraries: see README.md in this folder."""
