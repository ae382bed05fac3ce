"""report.html: a run for people to look at, in one file that asks for nothing else.

Pure, as the models are: documents in, a page out. Imported only where a page is written, because jinja2 and
what is here would be loaded for every call otherwise.
"""
