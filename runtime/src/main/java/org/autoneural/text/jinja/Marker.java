package org.autoneural.text.jinja;

/** The two values that are not data. */
enum Marker { NONE, UNDEFINED }
