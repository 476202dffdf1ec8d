import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import Storage
import Testing

/// A store that is gone or damaged is named, and nothing is written into it.
@Suite struct DamagedStoreTests {
    @Test func `An emptied database is called lost, and stays as it is`() async throws {
        try await OpenedAuthority.with { house in
            await house.open.database.close()
            let path = house.configuration.data + "/database.sqlite"
            // Something has been signed: the ceremony's own certificates.
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: house.configuration.data + "/keys")
                    .contains { $0.hasSuffix(".signed") })
            for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + name) }
            try Data().write(to: URL(filePath: path))
            await #expect(throws: Refusal(InstallationRefusal.databaseLost)) {
                _ = try await OpenInstallation.open(house.configuration)
            }
            #expect(throws: Refusal(InstallationRefusal.databaseLost)) {
                _ = try OpenInstallation.openDatabase(house.configuration, .real)
            }
            #expect(RegularFile.size(at: path) == 0)
            try FileManager.default.removeItem(atPath: path)
            await #expect(throws: Refusal(InstallationRefusal.databaseLost)) {
                _ = try await OpenInstallation.open(house.configuration)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `A certificate whose bytes are not what was signed is named by its serial number`() async throws {
        try await OpenedAuthority.with { house in
            #expect(try await house.open.examineStore() != "0")
            let serial = try await house.open.database.write { transaction -> [UInt8] in
                let row = try #require(
                    try transaction.first("SELECT serial, der FROM certificate ORDER BY serial LIMIT 1"))
                var der = try row.blob("der")
                der[der.count - 1] ^= 1
                let serial = try row.blob("serial")
                try transaction.execute("UPDATE certificate SET der = $2 WHERE serial = $1", serial, der)
                return serial
            }
            await #expect {
                _ = try await house.open.examineStore()
            } throws: { error in
                guard let refusal = error as? Refusal, refusal.isBecause(InstallationRefusal.storeDamaged) else {
                    return false
                }
                return refusal.facts["what"] == "certificate \(Hex.encode(serial))"
            }
        }
    }

    @Test func `A data directory that others may read is named`() async throws {
        try await OpenedAuthority.with { house in
            let path = house.configuration.data + "/database.sqlite"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(throws: Refusal(InstallationRefusal.openToOthers)) {
                try DataDirectoryModes.require(house.configuration.data)
            }
        }
    }
}
