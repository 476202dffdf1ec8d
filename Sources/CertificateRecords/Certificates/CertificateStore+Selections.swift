package import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

extension CertificateStore {
    /// One indexed column by which certificates are chosen together.
    package enum Selector: Sendable {
        case serial(SerialNumber)
        case creditCode(String)
        case servicePoint(String)
        case batch(String)
        case model(String)

        fileprivate var condition: (column: String, value: any SQLBindable) {
            switch self {
            case .serial(let serial): ("c.serial", serial.bytes)
            case .creditCode(let code): ("c.credit_code", code)
            case .servicePoint(let name): ("c.service_point", name)
            case .batch(let name): ("c.batch", name)
            case .model(let name): ("c.model", name)
            }
        }
    }

    /// One chosen certificate, as far as it decides what may be done with it.
    package struct Selected: Sendable {
        package let serial: SerialNumber
        /// As stored: what has ended by its date is not told apart.
        package let state: CertificateState
        package let purpose: CertificatePurpose
        package let notAfter: Instant
    }

    package static func selected(
        by selector: Selector, in transaction: any ReadTransaction
    ) throws(Refusal) -> [Selected] {
        let (column, value) = selector.condition
        return try transaction.query(
            """
            SELECT c.serial AS serial, c.state AS state, c.purpose AS purpose, c.not_after AS not_after
            FROM certificate c WHERE \(column) = $1
            """, value
        ).map { row throws(Refusal) in
            Selected(
                serial: try row.serial("serial"), state: try row.choice("state"), purpose: try row.choice("purpose"),
                notAfter: try row.instant("not_after"))
        }
    }
}
