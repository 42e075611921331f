"""Official tables: declared as data, filled from measures, judged by their own relations."""
