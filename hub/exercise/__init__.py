"""
The exercise operation of a demonstration hub: invented people, seizures and talk in the shape of published figures.

Everything here is invented: no consignment, firm, lot or person is real. It belongs only on a hub whose genesis
says `exercise`.
"""
