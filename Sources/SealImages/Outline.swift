internal import Foundation

/// A point in millimetres, y upwards.
package struct OutlinePoint: Hashable, Sendable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// One step of an outline.
package enum OutlineStep: Hashable, Sendable {
    case move(OutlinePoint)
    case line(OutlinePoint)
    case curve(OutlinePoint, OutlinePoint, OutlinePoint)
    case close
}

/// Closed shapes in millimetres, filled by the nonzero winding rule: all that a seal's picture is made of.
package struct Outline: Hashable, Sendable {
    package var steps: [OutlineStep] = []

    package init(steps: [OutlineStep] = []) { self.steps = steps }

    package mutating func append(_ other: Outline) { steps += other.steps }

    /// The smallest box around the points (control points included); `nil` if there are none.
    package var box: (low: OutlinePoint, high: OutlinePoint)? {
        var low = OutlinePoint(x: .infinity, y: .infinity)
        var high = OutlinePoint(x: -.infinity, y: -.infinity)
        for point in steps.flatMap(\.points) {
            low = OutlinePoint(x: min(low.x, point.x), y: min(low.y, point.y))
            high = OutlinePoint(x: max(high.x, point.x), y: max(high.y, point.y))
        }
        return low.x <= high.x ? (low, high) : nil
    }

    package func mapped(_ change: (OutlinePoint) -> OutlinePoint) -> Outline {
        Outline(
            steps: steps.map { step in
                switch step {
                case .move(let point): .move(change(point))
                case .line(let point): .line(change(point))
                case .curve(let first, let second, let end): .curve(change(first), change(second), change(end))
                case .close: .close
                }
            })
    }

    /// A disc's edge by eight curves (off by less than two parts in a million), counter-clockwise or clockwise.
    static func circle(centre: OutlinePoint, radius: Double, clockwise: Bool = false) -> Outline {
        let parts = 8
        let turn = (clockwise ? -2 : 2) * Double.pi / Double(parts)
        let handle = 4.0 / 3.0 * tan(turn / 4) * radius
        func at(_ angle: Double) -> OutlinePoint {
            OutlinePoint(x: centre.x + radius * cos(angle), y: centre.y + radius * sin(angle))
        }
        func moved(_ point: OutlinePoint, along angle: Double, by length: Double) -> OutlinePoint {
            OutlinePoint(x: point.x - length * sin(angle), y: point.y + length * cos(angle))
        }
        var steps = [OutlineStep.move(at(0))]
        for index in 0..<parts {
            let start = Double(index) * turn
            let end = start + turn
            steps.append(
                .curve(moved(at(start), along: start, by: handle), moved(at(end), along: end, by: -handle), at(end)))
        }
        return Outline(steps: steps + [.close])
    }

    /// A ring: the outer edge one way, the inner edge the other, so that the winding rule leaves the middle open.
    static func ring(centre: OutlinePoint, outerRadius: Double, width: Double) -> Outline {
        var ring = circle(centre: centre, radius: outerRadius)
        ring.append(circle(centre: centre, radius: outerRadius - width, clockwise: true))
        return ring
    }

    /// The five-point star of the flag: each inner corner lies where the lines between outer points cross.
    static func star(centre: OutlinePoint, radius: Double) -> Outline {
        let inner = radius * sin(Double.pi / 10) / sin(Double.pi * 7 / 10)
        var steps: [OutlineStep] = []
        for index in 0..<10 {
            let angle = Double.pi / 2 + Double(index) * Double.pi / 5
            let length = index.isMultiple(of: 2) ? radius : inner
            let point = OutlinePoint(x: centre.x + length * cos(angle), y: centre.y + length * sin(angle))
            steps.append(index == 0 ? .move(point) : .line(point))
        }
        return Outline(steps: steps + [.close])
    }
}

extension OutlineStep {
    package var points: [OutlinePoint] {
        switch self {
        case .move(let point), .line(let point): [point]
        case .curve(let first, let second, let end): [first, second, end]
        case .close: []
        }
    }
}
