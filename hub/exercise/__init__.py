"""
The exercises of a demonstration hub: three operations, their people and finds, in the shape of published figures.

Everything here is invented: no consignment, firm, lot or person is real. It belongs only on a hub whose genesis
says `exercise`.
"""
