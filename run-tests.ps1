# ./run-tests.ps1 [options of torture run]   the conformance run: cluster up, every suite, verdict, report
# ./run-tests.ps1 self-test                  the project's own tests: dotnet test Torture.sln
Set-Location $PSScriptRoot
if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    Write-Error "run-tests: the .NET 10 SDK is missing: https://dot.net/download"; exit 3
}
if ($args.Count -gt 0 -and $args[0] -eq 'self-test') {
    $rest = @($args | Select-Object -Skip 1)
    dotnet run --project harness/Torture.Cli --configuration Release -- setup --foreign --containers
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    dotnet test Torture.sln --configuration Release `
        --logger "trx;LogFilePrefix=torture" --results-directory out/self-test @rest
    exit $LASTEXITCODE
}
dotnet run --project harness/Torture.Cli --configuration Release -- run @args
exit $LASTEXITCODE
