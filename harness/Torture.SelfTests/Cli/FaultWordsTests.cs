using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Clusters;
using Torture.Harness.Faults;
using Torture.SelfTests.Harness;

namespace Torture.SelfTests.Cli;

/// <summary>Faults of links as a person types them.</summary>
public sealed class FaultWordsTests
{
    [TestCase("slow-link n1 public 100", "slow public link of n1: 100 ms")]
    [TestCase("slow-link n2 private 100 1000000", "slow private link of n2: 100 ms, 1000000 bit/s")]
    [TestCase("lossy-link n1 public 0.2", "lossy public link of n1: 20 %")]
    [TestCase("duplicating-link n1 public 0.5", "duplicating public link of n1: 50 %")]
    [TestCase("reordering-link n1 public 0.5 30", "reordering public link of n1: 50 % by 30 ms")]
    [TestCase("flapping-link n1 private 700 800", "flapping private link of n1: 700 ms down, 800 ms up")]
    public void LinksHaveWords(string words, string fault) =>
        FaultWords.Parse(words.Split(' '), new FakeCluster()).Should().BeAssignableTo<LinkFault>()
            .Which.ToString().Should().Be(fault);

    [TestCase("lossy-link n1 public", "no such fault: *")]
    [TestCase("lossy-link n1 public 2", "no such fault: *")]
    [TestCase("lossy-link n1 other 0.2", "no such fault: *")]
    [TestCase("lossy-link n1 public much", "much is no number")]
    [TestCase("slow-link n1 public -5", "-5 is no number")]
    [TestCase("slow-link n1 public 1e99", "1e99 is no number")]
    [TestCase("fast-link n1 public 5", "no such fault: *")]
    [TestCase("slow-link n7 public 5", "no node n7: *")]
    public void WhatMakesNoSenseIsSaid(string words, string why) =>
        FluentActions.Invoking(() => FaultWords.Parse(words.Split(' '), new FakeCluster()))
            .Should().Throw<FormatException>().WithMessage(why);
}
