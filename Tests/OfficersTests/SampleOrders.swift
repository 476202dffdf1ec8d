import Groundwork
import Officers

extension OrderForm {
    /// Parameters in the form's first variant.
    var sample: [String: CanonicalJSON] { sample(of: variants[0]) }

    func sample(of variant: [Parameter]) -> [String: CanonicalJSON] {
        Dictionary(variant.map { ($0.name, $0.kind.sample) }) { $1 }
    }
}

extension OrderForm.Kind {
    var sample: CanonicalJSON {
        switch self {
        case .text, .textOrNull: "text"
        case .flag: true
        case .number, .numberOrNull: 7
        case .moment, .momentOrNull: 1_790_000_000_000
        case .date, .dateOrNull: "2026-09-21T14:13:20Z"
        case .texts: ["one", "two"]
        case .textByName: ["a": "b"]
        case .recordByName: ["a": ["count": 1]]
        case .revocationReason: 1
        case .bytes: "AAEC"
        }
    }
}
