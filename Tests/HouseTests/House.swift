import Foundation

/// The checkout as text: what a newcomer reads.
enum House {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Who may see whom at the most, as the design's table says; "all above" is written out.
    static let mayImport: [String: Set<String>] = {
        let ground: Set<String> = ["Groundwork"]
        let toAudit: Set<String> = ["Groundwork", "Cryptography", "Storage", "Audit"]
        let toEntities = toAudit.union(["CreditCodes", "Officers", "LegalEntities"])
        let toKeys = toEntities.union(["AgentProtocol", "SecurityKeys"])
        let toRecords = toEntities.union(["CertificateProfiles", "CertificateRecords"])
        let toCustody = toRecords.union(["KeyCustody"])
        let toStatus = toCustody.union(["TimeStamping", "Issuance", "Revocation", "CertificateStatus"])
        let toEvidence = toStatus.union(["Ceremony", "LongTermEvidence"])
        let authority = toEvidence.union(["Reconciliation"])
        let toAuthority = toKeys.union(authority)
        let toPersonalisation = toAuthority.union(["Personalisation"])
        let cards: Set<String> = ["PIV", "PCSC"]
        let pictures: Set<String> = ["SealImages", "PortableDocuments"]
        let all = toPersonalisation.union(pictures).union(["Authentication", "ElectronicSeals"])
        return [
            "Groundwork": ["CLinux"],
            "Cryptography": ground.union(["COpenSSL", "CPKCS11"]),
            "CommandOptions": ground,
            "Storage": ground,
            "Audit": ["Groundwork", "Cryptography", "Storage"],
            "CreditCodes": ground,
            "Officers": toAudit.union(["CreditCodes"]),
            "LegalEntities": ["Groundwork", "Storage", "Audit", "CreditCodes", "Officers"],
            "PIV": ["Groundwork", "Cryptography"],
            "PCSC": ["Groundwork", "PIV", "CPCSC"],
            "VirtualKey": ["Groundwork", "Cryptography", "PIV"],
            "virtual-key": ["Groundwork", "CommandOptions", "Cryptography", "PIV", "VirtualKey"],
            "AgentProtocol": ["Groundwork", "Cryptography"],
            "CardAgent": cards.union(["Groundwork", "Cryptography", "AgentProtocol"]),
            "SecurityKeys": toEntities.union(["AgentProtocol"]),
            "CertificateProfiles": ["Groundwork", "Cryptography", "CreditCodes", "CIDN2"],
            "CertificateRecords": toEntities.union(["CertificateProfiles"]),
            "KeyCustody": toRecords,
            "TimeStamping": toCustody,
            "Issuance": toCustody,
            "Revocation": toCustody.union(["TimeStamping"]),
            "CertificateStatus": toCustody,
            "Ceremony": toStatus,
            "LongTermEvidence": toStatus,
            "Reconciliation": toStatus.union(["LongTermEvidence"]),
            "Personalisation": toAuthority,
            "Authentication": toPersonalisation,
            "SealImages": ["Groundwork", "Cryptography", "CPangoCairo"],
            "PortableDocuments": ["Groundwork", "Cryptography", "CQPDF"],
            "ElectronicSeals": toEvidence.union(pictures),
            "Registration": all,
            "Installation": all.union(["Registration"]),
            "WebService": all.union(["Registration", "Installation"]),
            "yzt": all.union(cards).union(["CardAgent", "CommandOptions", "Registration", "Installation", "WebService"]
            ),
        ]
    }()

    static func swiftFiles(under folder: String) -> [(path: String, text: String)] {
        let base = root.appending(path: folder)
        guard let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else { return [] }
        return walk.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.compactMap { url in
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
            return (String(url.path.dropFirst(root.path.count + 1)), text)
        }.sorted { $0.path < $1.path }
    }

    static func imports(in text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                guard let at = words.firstIndex(of: "import"), at <= 2, at + 1 < words.count,
                    words[..<at].allSatisfy({ $0.hasPrefix("@") || ["package", "internal", "public"].contains($0) })
                else { return nil }
                return words[at + 1]
            })
    }
}
