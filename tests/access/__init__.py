"""The world the access tests walk through: who is in it, what lies where, which route admits whom."""
