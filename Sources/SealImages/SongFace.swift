internal import CPangoCairo
internal import Groundwork

/// One font, shaped by pango and read as outlines: the only owner of pango's pointers.
///
/// Not shared between threads: made, used and let go inside one drawing.
final class SongFace {
    private let map: UnsafeMutablePointer<PangoFontMap>
    private let context: OpaquePointer
    private let layout: OpaquePointer
    private let surface: OpaquePointer
    private let cairo: OpaquePointer
    let family: String

    /// Size at which outlines are taken: large, so that rounding does not show (cairo keeps 1/256, pango 1/1024), but
    /// not so large that pango's 32-bit coordinates overflow in a long line.
    private static let emSize = 250.0

    /// Longer lines do not fit pango's coordinates with a margin of two.
    static let longestLine = 4000

    /// - Throws: `seal-images.missing-font` if fontconfig would silently give another face.
    init(family: String) throws(Refusal) {
        guard let map = pango_cairo_font_map_new() else { throw Refusal(SealImagesRefusal.drawing, detail: "font map") }
        let surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nil)
        guard let surface, let context = pango_font_map_create_context(map), let cairo = cairo_create(surface),
            let layout = pango_layout_new(context)
        else { throw Refusal(SealImagesRefusal.drawing, detail: "pango context") }
        (self.map, self.context, self.layout, self.surface, self.cairo) = (map, context, layout, surface, cairo)
        self.family = family

        let description = pango_font_description_new()
        defer { pango_font_description_free(description) }
        pango_font_description_set_family(description, family)
        pango_font_description_set_absolute_size(description, Self.emSize * Double(PANGO_SCALE))
        try requireTheVeryFace(description)

        let options = cairo_font_options_create()
        defer { cairo_font_options_destroy(options) }
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
        pango_context_set_round_glyph_positions(context, 0)
        // Mainland forms, where the face has several.
        pango_context_set_language(context, pango_language_from_string("zh-cn"))
        pango_layout_context_changed(layout)
        pango_layout_set_font_description(layout, description)
        // Without fallback, a character that this face lacks is counted as unknown instead of coming from another.
        let attributes = pango_attr_list_new()
        pango_attr_list_insert(attributes, pango_attr_fallback_new(0))
        pango_layout_set_attributes(layout, attributes)
        pango_attr_list_unref(attributes)
    }

    deinit {
        CPangoCairo_release_layout(layout)
        cairo_destroy(cairo)
        cairo_surface_destroy(surface)
        CPangoCairo_release_context(context)
        CPangoCairo_release_font_map(map)
    }

    private func requireTheVeryFace(_ description: OpaquePointer?) throws(Refusal) {
        let missing = Refusal(SealImagesRefusal.missingFont, facts: ["font": family])
        guard let font = pango_font_map_load_font(map, context, description) else { throw missing }
        defer { CPangoCairo_release_font(font) }
        let loaded = pango_font_describe(font)
        defer { pango_font_description_free(loaded) }
        guard let name = pango_font_description_get_family(loaded), String(cString: name) == family else {
            throw missing
        }
    }

    /// The characters of `text` for which this face has no glyph.
    func missingCharacters(in text: String) -> [Character] {
        var missing: [Character] = []
        for character in text where !missing.contains(character) {
            pango_layout_set_text(layout, String(character), -1)
            if pango_layout_get_unknown_glyphs_count(layout) > 0 { missing.append(character) }
        }
        return missing
    }

    /// One line of text: its outline in units of the em with the baseline's start at the origin and y upwards, and how
    /// far it advances.
    func outline(of text: String) -> (outline: Outline, advance: Double) {
        pango_layout_set_width(layout, -1)
        pango_layout_set_text(layout, text, -1)
        return outline(ofLine: 0)
    }

    /// The same for each line of a text that is broken where the script allows it.
    func wrapped(_ text: String, widthInEms: Double) -> [(outline: Outline, advance: Double)] {
        pango_layout_set_width(layout, Int32(widthInEms * Self.emSize * Double(PANGO_SCALE)))
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_text(layout, text, -1)
        return (0..<pango_layout_get_line_count(layout)).map(outline(ofLine:))
    }

    private func outline(ofLine number: Int32) -> (outline: Outline, advance: Double) {
        cairo_new_path(cairo)
        cairo_move_to(cairo, 0, 0)
        guard let line = pango_layout_get_line_readonly(layout, number) else { return (Outline(), 0) }
        pango_cairo_layout_line_path(cairo, line)
        var logical = PangoRectangle()
        pango_layout_line_get_extents(line, nil, &logical)
        let scale = 1 / Self.emSize
        let advance = Double(logical.width) / Double(PANGO_SCALE) * scale
        guard let path = cairo_copy_path(cairo) else { return (Outline(), advance) }
        defer { cairo_path_destroy(path) }
        func point(_ index: Int32) -> OutlinePoint {
            OutlinePoint(x: CPangoCairo_path_x(path, index) * scale, y: -CPangoCairo_path_y(path, index) * scale)
        }
        var steps: [OutlineStep] = []
        var index: Int32 = 0
        while index < path.pointee.num_data {
            switch CPangoCairo_path_kind(path, index) {
            case Int32(CAIRO_PATH_MOVE_TO.rawValue): steps.append(.move(point(index + 1)))
            case Int32(CAIRO_PATH_LINE_TO.rawValue): steps.append(.line(point(index + 1)))
            case Int32(CAIRO_PATH_CURVE_TO.rawValue):
                steps.append(.curve(point(index + 1), point(index + 2), point(index + 3)))
            default: steps.append(.close)
            }
            index += max(1, CPangoCairo_path_length(path, index))
        }
        return (Outline(steps: Self.withoutEmptyShapes(steps)), advance)
    }

    /// cairo ends each shape with a move that starts nothing; a PDF path need not carry it.
    private static func withoutEmptyShapes(_ steps: [OutlineStep]) -> [OutlineStep] {
        steps.indices.filter { index in
            guard case .move = steps[index] else { return true }
            guard index + 1 < steps.count else { return false }
            if case .move = steps[index + 1] { return false }
            return true
        }.map { steps[$0] }
    }
}
