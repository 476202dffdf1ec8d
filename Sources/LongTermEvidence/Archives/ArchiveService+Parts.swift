internal import CertificateRecords
internal import Cryptography
internal import Foundation
internal import Groundwork
package import Officers
internal import Storage

/// Scopes that are too large for one archive: several, each complete in itself, below one folder.
extension ArchiveService {
    /// Writes the scope's archive to the folder, or, where one cannot hold it, `part-0001`, `part-0002` … below it.
    ///
    /// The parts are fixed when the first begins, in a file beside the folder; interrupted, the same call on another
    /// order goes on.
    /// - Returns: the folders with their manifests.
    package func exportWhole(
        _ scope: ArchiveScope, to path: String, on order: Authorisation, checkpoint: @Sendable () async throws -> Void,
        observer: Observer = { _ in }
    ) async throws -> [(path: String, manifest: ArchiveManifest)] {
        try await spend(order, over: scope)
        let actor = order.actor
        guard let parts = try await parts(of: scope, path) else {
            let manifest = try await write(scope, to: path, actor: actor, checkpoint: checkpoint, observer: observer)
            return [(path, manifest)]
        }
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw Refusal(ArchiveRefusal.archiveFailed, detail: "\(error)")
        }
        var made: [(path: String, manifest: ArchiveManifest)] = []
        for (index, part) in parts.enumerated() {
            let folder = "\(path)/part-\(String(index + 1).leftPadded(to: 4))"
            if let there = try? ArchiveReader.read(folder, ArchiveLayout.manifest),
                let manifest = ArchiveManifest(body: there), manifest.scope == part
            {
                made.append((folder, manifest))
                continue
            }
            let manifest = try await write(part, to: folder, actor: actor, checkpoint: checkpoint, observer: observer)
            made.append((folder, manifest))
        }
        unlink(path + ".parts")
        return made
    }

    /// `nil` where one archive holds it all.
    private func parts(of scope: ArchiveScope, _ path: String) async throws -> [ArchiveScope]? {
        if let data = FileManager.default.contents(atPath: path + ".parts") {
            guard let json = try? CanonicalJSON(parsing: Array(data), limit: 1 << 26), json["scope"] == scope.json,
                let parts = json["parts"]?.array
            else { throw Refusal(ArchiveRefusal.archiveOther, facts: ["path": path]) }
            return try parts.map { json throws(Refusal) in
                guard let part = ArchiveScope(json: json) else {
                    throw Refusal(ArchiveRefusal.archiveOther, facts: ["path": path])
                }
                return part
            }
        }
        let moment: Instant?
        switch scope {
        case .endedBefore(let instant): moment = instant
        case .all: moment = nil
        case .serials, .part: return nil
        }
        let limit = try await policies.current().retention.archive.certificates
        let bounds = try await database.read { try CertificateStore.bounds(endedBefore: moment, each: limit, in: $0) }
        guard bounds.count > 1 else { return nil }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Refusal(ArchiveRefusal.archiveExists, facts: ["path": path])
        }
        let parts = bounds.map { ArchiveScope.part(from: $0.from, to: $0.to, endedBefore: moment) }
        let json: CanonicalJSON = ["scope": scope.json, "parts": .array(parts.map(\.json))]
        do { try Data(json.bytes).write(to: URL(filePath: path + ".parts"), options: .atomic) } catch {
            throw Refusal(ArchiveRefusal.archiveFailed, detail: "\(error)")
        }
        return parts
    }
}
