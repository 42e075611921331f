"""The engine of imports: columns, headings, reading, judging, staging, writing.

What a kind of roster is made of is declared in the app it belongs to; see
`exchange.imports.kinds.ImportKind`.
"""
