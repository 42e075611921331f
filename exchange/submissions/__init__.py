"""A county's month from the county to the province: submitted, returned, accepted, locked, corrected."""
