// Everything that SealImages needs of pango and cairo: text shaped and turned into outlines, PNG and PDF surfaces.
#pragma once
#include <cairo-pdf.h>
#include <cairo.h>
#include <pango/pangocairo.h>

// GObject's release function takes an untyped pointer; these keep the type in Swift.
static inline void CPangoCairo_release_layout(PangoLayout *layout) { g_object_unref(layout); }
static inline void CPangoCairo_release_context(PangoContext *context) { g_object_unref(context); }
static inline void CPangoCairo_release_font_map(PangoFontMap *map) { g_object_unref(map); }
static inline void CPangoCairo_release_font(PangoFont *font) { g_object_unref(font); }

// A cairo path is an array of a C union, which Swift cannot walk: these read one element.
static inline int CPangoCairo_path_kind(const cairo_path_t *path, int index) {
    return (int)path->data[index].header.type;
}
static inline int CPangoCairo_path_length(const cairo_path_t *path, int index) {
    return path->data[index].header.length;
}
static inline double CPangoCairo_path_x(const cairo_path_t *path, int index) { return path->data[index].point.x; }
static inline double CPangoCairo_path_y(const cairo_path_t *path, int index) { return path->data[index].point.y; }
