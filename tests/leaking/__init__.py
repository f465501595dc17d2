"""Files that leak, each made on the spot in the way the real ones come about, and clean files of the same kinds."""
