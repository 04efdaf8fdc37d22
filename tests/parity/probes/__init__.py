"""Probes: functions of the module `keras` whose outcome JSON can hold, for names, defaults, printed lines, errors."""
