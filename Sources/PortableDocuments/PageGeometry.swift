/// One page's place and shape, as a person sees it.
package struct PageGeometry: Hashable, Sendable {
    let id: ObjectID
    /// What is shown: CropBox within MediaBox, in user space units.
    let box: PDFRectangle
    /// Clockwise quarter turns for display, 0 to 3.
    let quarterTurns: Int
    /// Points in a unit of user space.
    let userUnit: Double

    private static let millimetresPerPoint = 25.4 / 72

    /// Across the page as it is displayed, after /Rotate.
    package var widthMillimetres: Double {
        (quarterTurns.isMultiple(of: 2) ? box.width : box.height) * userUnit * Self.millimetresPerPoint
    }
    package var heightMillimetres: Double {
        (quarterTurns.isMultiple(of: 2) ? box.height : box.width) * userUnit * Self.millimetresPerPoint
    }

    /// The rectangle of user space that a placement covers; `nil` if any part of it lies outside the page.
    func rectangle(of placement: StampPlacement) -> PDFRectangle? {
        let unit = 1 / (Self.millimetresPerPoint * userUnit)
        let left = placement.leftMillimetres * unit
        let top = placement.topMillimetres * unit
        let width = placement.widthMillimetres * unit
        let height = placement.heightMillimetres * unit
        let rectangle =
            switch quarterTurns {
            case 1:
                PDFRectangle(x: box.left + top, y: box.bottom + left, width: height, height: width)
            case 2:
                PDFRectangle(x: box.right - left - width, y: box.bottom + top, width: width, height: height)
            case 3:
                PDFRectangle(x: box.right - top - height, y: box.top - left - width, width: height, height: width)
            default:
                PDFRectangle(x: box.left + left, y: box.top - top - height, width: width, height: height)
            }
        let tolerance = 0.01
        guard rectangle.left >= box.left - tolerance, rectangle.bottom >= box.bottom - tolerance,
            rectangle.right <= box.right + tolerance, rectangle.top <= box.top + tolerance
        else { return nil }
        return rectangle
    }

    /// Turns the appearance against the page, so that it stands upright when the page is turned.
    var appearanceMatrix: [Int] {
        switch quarterTurns {
        case 1: [0, 1, -1, 0, 0, 0]
        case 2: [-1, 0, 0, -1, 0, 0]
        case 3: [0, -1, 1, 0, 0, 0]
        default: [1, 0, 0, 1, 0, 0]
        }
    }
}

/// A rectangle of user space with its corners in order (ISO 32000-1, 7.9.5).
struct PDFRectangle: Hashable, Sendable {
    var left: Double
    var bottom: Double
    var right: Double
    var top: Double

    var width: Double { right - left }
    var height: Double { top - bottom }

    init(x: Double, y: Double, width: Double, height: Double) {
        (left, bottom, right, top) = (x, y, x + width, y + height)
    }

    /// Any two opposite corners; `nil` if these are not four finite numbers.
    init?(_ object: PDFObject?) {
        guard let numbers = object?.asArray?.map(\.asNumber), numbers.count == 4, let first = numbers[0],
            let second = numbers[1], let third = numbers[2], let fourth = numbers[3],
            [first, second, third, fourth].allSatisfy({ abs($0) < 1_000_000 })
        else { return nil }
        (left, right) = (min(first, third), max(first, third))
        (bottom, top) = (min(second, fourth), max(second, fourth))
    }

    func intersection(_ other: PDFRectangle) -> PDFRectangle? {
        let (left, right) = (max(left, other.left), min(right, other.right))
        let (bottom, top) = (max(bottom, other.bottom), min(top, other.top))
        guard left < right, bottom < top else { return nil }
        return PDFRectangle(x: left, y: bottom, width: right - left, height: top - bottom)
    }

    var object: PDFObject { .array([left, bottom, right, top].map(PDFObject.number)) }
}

/// Where a stamp stands on a page, in millimetres as a person measures them on the displayed page.
package struct StampPlacement: Hashable, Sendable {
    /// Counted from 1.
    package var page: Int
    /// From the page's left edge to the stamp's.
    package var leftMillimetres: Double
    /// From the page's upper edge to the stamp's.
    package var topMillimetres: Double
    package var widthMillimetres: Double
    package var heightMillimetres: Double

    package init(
        page: Int, leftMillimetres: Double, topMillimetres: Double, widthMillimetres: Double, heightMillimetres: Double
    ) {
        self.page = page
        self.leftMillimetres = leftMillimetres
        self.topMillimetres = topMillimetres
        self.widthMillimetres = widthMillimetres
        self.heightMillimetres = heightMillimetres
    }

    /// By the middle of the stamp, as a seal is set down by hand.
    package init(
        page: Int, centreMillimetresFromLeft x: Double, fromTop y: Double, widthMillimetres: Double,
        heightMillimetres: Double
    ) {
        self.init(
            page: page, leftMillimetres: x - widthMillimetres / 2, topMillimetres: y - heightMillimetres / 2,
            widthMillimetres: widthMillimetres, heightMillimetres: heightMillimetres)
    }

    var isSensible: Bool {
        [leftMillimetres, topMillimetres].allSatisfy { $0.isFinite && abs($0) < 100_000 }
            && [widthMillimetres, heightMillimetres].allSatisfy { $0.isFinite && (1...1000).contains($0) }
    }
}
