"""From the bytes of a file to UTF-8 in lines, whatever charset and line ends its program writes."""
