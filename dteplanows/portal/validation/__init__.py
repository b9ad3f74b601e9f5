"""«Validar archivos»: a file with all that is wrong with it, shown where it stands.

Bytes go in, a :class:`.view.FileView` comes out; nothing here knows of HTTP but the module ``views``. A *span* is a
part of one line of the file as it is shown, by characters.
"""
