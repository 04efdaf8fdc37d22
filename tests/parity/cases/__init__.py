"""Cases whose outcomes are numbers, as data, and how one is carried out on the module `keras` it is given."""
