/// The one rule for the text of names: in the registry, in a certificate's subject and in its other names.
///
/// A name is compared by eye. So it has nothing that is not seen, that turns the order of what is seen, that each
/// machine shows otherwise, or that no script has.
package enum NameText {
    /// What makes a text no name.
    package enum Defect: String, Sendable, CaseIterable {
        /// Control characters, line and paragraph separators, U+FFFD.
        case control
        /// Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9).
        case bidirectional
        /// Zero width characters, variation selectors, fillers: what Unicode has ignored by default (UAX #44).
        case invisible
        case privateUse
        case unassigned
        case emoji
        /// White space at an end.
        case surroundingSpace

        /// What is wrong, in a few words.
        package var text: LocalisedText {
            switch self {
            case .control: LocalisedText(zh: "含有控制字符", en: "has a control character")
            case .bidirectional: LocalisedText(zh: "含有改变书写方向的字符", en: "has a bidirectional control")
            case .invisible: LocalisedText(zh: "含有不可见字符", en: "has an invisible character")
            case .privateUse: LocalisedText(zh: "含有专用区字符", en: "has a private-use character")
            case .unassigned: LocalisedText(zh: "含有未分配的字符", en: "has an unassigned character")
            case .emoji: LocalisedText(zh: "含有表情符号", en: "has an emoji")
            case .surroundingSpace: LocalisedText(zh: "首尾有空白", en: "has white space at an end")
            }
        }
    }

    /// The first thing that is wrong with the text; `nil` if nothing is.
    package static func defect(of text: String) -> Defect? {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            // Nearly every character of nearly every name: printable ASCII and the unified ideographs.
            case 0x20...0x7E, 0x4E00...0x9FFF: continue
            default: if let defect = defect(of: scalar) { return defect }
            }
        }
        let ends = [text.unicodeScalars.first, text.unicodeScalars.last]
        return ends.contains { $0?.properties.isWhitespace ?? false } ? .surroundingSpace : nil
    }

    private static func defect(of scalar: Unicode.Scalar) -> Defect? {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: return .bidirectional
        case 0xFFFD: return .control
        case 0x20E3, 0x1F000...0x1FAFF: return .emoji
        default: break
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return .control
        case .privateUse: return .privateUse
        case .unassigned: return .unassigned
        case .format: return .invisible
        default: break
        }
        if properties.isDefaultIgnorableCodePoint { return .invisible }
        return properties.isEmojiPresentation ? .emoji : nil
    }
}
