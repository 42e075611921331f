"""Demo data: real places and real planned figures; every person is invented by a seeded generator."""
