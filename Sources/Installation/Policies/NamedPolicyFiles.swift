package import CertificateRecords
internal import Foundation
package import Groundwork

extension PolicyFiles {
    /// `CA/` and `Policies/` of the folder that `--root` names, which is the working directory's if nobody named one.
    /// - Throws: `command.no-definition`
    package static func named(_ root: String) throws(Refusal) -> PolicyFiles {
        for folder in ["CA", "Policies"] {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(root)/\(folder)", isDirectory: &isFolder),
                isFolder.boolValue
            else {
                throw Refusal(
                    InstallationRefusal.noDefinition, facts: ["path": URL(filePath: root).standardizedFileURL.path])
            }
        }
        return try read(root: root)
    }
}
