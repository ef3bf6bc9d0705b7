"""証憑: the papers behind the entries; what each entry needs, has and lacks."""
