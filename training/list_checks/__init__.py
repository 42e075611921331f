"""List check (名单核查): names or citizen numbers, many at once, and who of them is in which class."""
