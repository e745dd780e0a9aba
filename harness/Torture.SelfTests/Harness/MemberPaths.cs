using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Checking;

namespace Torture.SelfTests.Harness;

/// <summary>Paths of stored checks, on values that a foreign capture may give.</summary>
public sealed class MemberPaths
{
    private sealed record Reply(string[]? Entries, int Count);

    [Test]
    public void LeadToValues() => MemberPath.Follow(new Reply(["a", "b"], 2), ".Entries[1]").Should().Be("b");

    [TestCase(".Entries[0].Length")]
    [TestCase(".Entries.Length")]
    public void WhatIsNotThereIsNothing(string path) => MemberPath.Follow(new Reply(null, 0), path).Should().BeNull();

    [Test]
    public void TheEndOfAListIsNothing() => MemberPath.Follow(new Reply([], 0), ".Entries[3]").Should().BeNull();

    [TestCase(".Count[0]")]
    [TestCase(".Entries[x]")]
    public void WhatDoesNotFitIsRefused(string path) => FluentActions
        .Invoking(() => MemberPath.Follow(new Reply([], 0), path)).Should().Throw<InvalidDataException>();
}
