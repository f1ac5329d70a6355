import Glibc
import TestSupport
import Testing

@testable import Fabric

@Suite("What Open MPI keeps for a job")
struct OpenMPIFileTests {
    @Test("A directory that does not look like Open MPI's is not touched")
    func keeps() throws {
        let scratch = try ScratchDirectory()
        let paths = ["ompi.a.0/pid.7", "ompi.a.0/jf.7", "ompi.a.0/other", "other/pid.7"].map(scratch.path)
        for path in paths {
            try scratch.write(String(path.dropFirst(scratch.path.count + 1)) + "/0/0/file", "content")
            OpenMPIFiles(["OMPI_MCA_orte_jobfam_session_dir": path]).remove()
        }
        #expect(scratch.files == ["ompi.a.0/other/0/0/file", "other/pid.7/0/0/file"])
        OpenMPIFiles(["OMPI_MCA_orte_jobfam_session_dir": "/pid.7"]).remove()
        OpenMPIFiles([:]).remove()
    }
    @Test("The directory of an mpirun that was killed, and no other")
    func ofMPIRun() throws {
        let scratch = try ScratchDirectory()
        let user = geteuid()
        let kept = ["ompi.a.\(user)/pid.70/0/file", "ompi.a.\(user + 1)/pid.7/0/file", "other.\(user)/pid.7/file"]
        for path in kept + ["ompi.a.\(user)/pid.7/0/0/file"] { try scratch.write(path, "content") }
        OpenMPIFiles.remove(of: 7, ["OMPI_MCA_orte_tmpdir_base": scratch.path, "TMPDIR": "/nonexistent"])
        #expect(scratch.files == kept.sorted())
        try scratch.write("ompi.a.\(user)/pid.7/file", "content")
        OpenMPIFiles.remove(of: 7, ["TMPDIR": scratch.path])
        #expect(scratch.files == kept.sorted())
    }
}
