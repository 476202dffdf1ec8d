import Audit
import Foundation
import Groundwork
import Installation
import Storage
import Testing

/// A store that an earlier release made must open: what was released of the tables is never edited, by no letter.
@Suite struct MigrationFingerprintsTests {
    /// Name and SHA-256 of each migration as a store keeps them, by the release that made it. Lines are added, never
    /// changed.
    private static let released = """
        audit/0001 73fdc0cfb1e3a6f5b85e6684cd6a6924a188d1e32c92ede95af70359f8d986ca
        audit/0002 64ec1878aa04be666abf7bb92a084f077fb402a4378f561bc29d0ff838e12585
        officers/0001 f20823db54118821ba3a96ec918445389c23123d17d22d3d88170ddddbcb3110
        legal-entities/0001 3245b3c8bc12abe287b68d5fc1b7b002b0e01969723cb2dc0eb7534ba253c922
        legal-entities/0002 e612a67497b6a4726f880552642536b85b998f196b053847223493afaeeaddf5
        security-keys/0001 265913d1a4e7d6a2ac3e57191b1aa012737a3c4b9fb985cf262ade5a61216cee
        security-keys/0002 f0c35382c189b1644028b70db392afd5d85844086c00baa57f639c19ad779a95
        security-keys/0003 a7e76e26b29de910145e591cec54854c77969b0020e9a018af165c06b528aff8
        security-keys/0004 18f29e4652353302c2f57d1dfab881e97544fb69365202cd8f5e7202be6d4b69
        certificate-authority/0001 c58c0a1f1a1082af6992cf5d907fca7a3017d6c9c80b24131bc67a150cbcc88c
        certificate-authority/0002 fd8e56d89358a4da44a7c7c7f464ea4b4f90f61617e546cbbc908ce2829bd2a7
        certificate-authority/0004 05ea19a2d039ad9b64ff02a3acbd6880369072abba78fe4490f50b347c1c930a
        certificate-authority/0005 6b996728f757577c639b980097afafec68019466c9401fa4bf14a326b873a886
        certificate-authority/0006 dc2c28df2ac1f0e338c5133c3754d0e7509ad0c5ce37535af54374ba83d4d7d8
        certificate-authority/0007 0d383eca0ca627e9f9b8a404295e4af187eab2da08b0c3582359958385affc47
        certificate-authority/0008 8ff77a14932c53687fc83466856734e5affd5e8c7609083c592632e4b301f5a0
        certificate-authority/0012 13814a77e0ba6f445a936253f3661006245b3d489128bdfec061d1e7c2a8cbbd
        certificate-authority/0013 03ea8a3a463fcaca73a91c307f1943eca418a5daac86f0c87bcc06dc389b2769
        certificate-authority/0014 54da128a1c7acc8244120ab0a394b93c9897bfac0fd3bb493bfb6dcf817fc8d4
        certificate-authority/0015 199f9e7fb19c91f47b5c88efa81bc4d3a97a81338d9e5285cf3f5d694a4d3088
        authentication/0001 4c3b6d323cdb15c1bd4dd4711febbb1ce7c490f6d039fe456ac7c4de578b607f
        authentication/0002 5bbe554e1a8074a1cc05d30005165955737e0a0e0c0a11850e54d6dcba9f3baf
        electronic-seals/0001 02520b653eeb7c53ef0284c960a2103e50556bc68c9c64a23b6a23f0c9e8ac4f
        electronic-seals/0002 86319d3d90277d5a0fdbd7b181e8b07ff75f3015107a3659e3be30536acfe4b2
        """

    @Test func `What was released of the tables stays as it was`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-migrations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try Database.open(
            at: folder.path + "/database.sqlite", migrations: InstallationSchema.migrations)
        let known = try await database.read { transaction in
            try transaction.query("SELECT name, sha256 FROM schema_migration ORDER BY name").map {
                row throws(Refusal) in "\(try row.text("name")) \(try row.text("sha256"))"
            }
        }
        await database.close()
        for line in Self.released.split(separator: "\n") {
            #expect(known.contains(String(line)), "\(line) was edited, renamed or left out")
        }
    }
}
