"""What all API views share: who is admitted, how input is read, how troubles are answered.

Nothing is imported here: the framework's settings name classes of these modules while the
framework itself is still being imported.
"""
