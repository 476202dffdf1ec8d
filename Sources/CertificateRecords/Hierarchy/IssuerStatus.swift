package import Groundwork
package import Storage

/// Whether what a generation issued may be relied on: neither its own certificate nor its root's is revoked or held.
///
/// Asked of the store inside each transaction that depends on it, so a revoked authority stops in every process at
/// once.
package enum IssuerStatus {
    /// An SQL condition; true while every authority above `issuer` stands. An authority says nothing about itself.
    package static func condition(issuer: String, exceptFor serial: String? = nil) -> String {
        """
        NOT EXISTS (SELECT 1 FROM authority_issuer above JOIN certificate above_it ON above_it.serial = above.serial
            WHERE above.generation IN
                (\(issuer), (SELECT below.parent FROM authority_issuer below WHERE below.generation = \(issuer)))
                AND above_it.state <> 'active'\(serial.map { " AND above_it.serial <> \($0)" } ?? ""))
        """
    }

    /// An SQL query: the serial numbers of the authorities above what `issuer` issued.
    package static func above(issuer: String) -> String {
        """
        SELECT above.serial FROM authority_issuer above WHERE above.generation IN
            (\(issuer), (SELECT below.parent FROM authority_issuer below WHERE below.generation = \(issuer)))
        """
    }

    /// Refuses what a generation would issue that does not stand any more.
    package static func require(_ generation: String, in transaction: any ReadTransaction) throws(Refusal) {
        let stands = try transaction.first(
            "SELECT \(condition(issuer: "$1")) AS stands", generation)?.integer("stands")
        guard stands == 1 else {
            throw Refusal(CertificateRecordsRefusal.issuerNotActive, facts: ["issuer": generation])
        }
    }
}
